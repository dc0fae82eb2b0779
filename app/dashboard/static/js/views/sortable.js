/** Ordering a list by drag. The library is fetched when a list is first shown. */

import { noChange } from "../../vendor/lit-html/lit-html.js";
import { Directive, directive } from "../../vendor/lit-html/directive.js";

const ANIMATION_MILLISECONDS = 140;

let library = null;

class Sortable extends Directive {
  started = false;

  render() {
    return noChange;
  }

  update({ element }, [onMove]) {
    if (this.started) return noChange;
    this.started = true;
    begin(element, onMove);
    return noChange;
  }
}

/** On a list whose items carry data-id: `onMove(id, index)` once an item was dropped. */
export const sortable = directive(Sortable);

async function begin(list, onMove) {
  library ??= import("../../vendor/sortablejs/Sortable.min.js");
  await library;
  let next = null;
  window.Sortable.create(list, {
    handle: ".grip",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : ANIMATION_MILLISECONDS,
    // The browser's own drag and drop knows no touch, and draws what is dragged as it likes.
    forceFallback: true,
    fallbackTolerance: 3,
    ghostClass: "step-ghost",
    fallbackClass: "step-dragged",
    onStart: ({ item }) => {
      next = item.nextSibling;
    },
    onEnd: ({ item, oldDraggableIndex: from, newDraggableIndex: to }) => {
      // Put back where it was: the state is moved, and the view follows it.
      list.insertBefore(item, next);
      if (from !== to) onMove(item.dataset.id, to);
    },
  });
}
