/** The list of steps: add, order by drag or arrow keys, switch off, set up, hand in. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { live } from "../../vendor/lit-html/directives/live.js";
import * as actions from "../file_actions.js";
import { t } from "../i18n.js";
import { afterDraw, announce, state as current } from "../state.js";
import { active, faultsByStep } from "../steps.js";
import { icon } from "./icons.js";
import { paramsForm } from "./params_form.js";
import { moduleDescription, moduleName, problemBox, skeleton } from "./parts.js";
import { sortable } from "./sortable.js";
import { suggestions } from "./suggestions.js";

export function stepsPanel(state, upload) {
  const { file, catalogue } = state;
  if (file.draft === null || catalogue === null) {
    return html`<section class="card section">${skeleton(6)}</section>`;
  }
  const { steps, past, future } = file.draft;
  const faults = faultsByStep(steps, file.refusal);
  const count = active(steps).length;
  return html`<section class="card section steps-panel" aria-labelledby="steps-title">
    <div class="section-head">
      <h2 id="steps-title">${t("steps.title")}</h2>
      ${tool("undo", t("action.undo"), past.length === 0, actions.undo)}
      ${tool("redo", t("action.redo"), future.length === 0, actions.redo)}
      ${tool("download", t("steps.save"), count === 0, actions.saveSteps)} ${loader()}
    </div>
    <p class="quiet small">${t("steps.help")}</p>
    ${problemBox(file.refusal)}
    ${
      steps.length === 0
        ? empty()
        : html`<ol class="steps" ${sortable(actions.moveStep)}>
            ${repeat(
              steps,
              (step) => step.id,
              (step, index) =>
                stepRow({ state, upload, step, index, faults: faults.get(step.id) ?? [] }),
            )}
          </ol>`
    }
    ${adder(state)} ${suggestions(state)}
    <div class="submit">
      <button class="button primary large" ?disabled=${file.submitting} @click=${actions.submit}>
        ${file.submitting ? t("steps.submitting") : t("steps.submit")}
      </button>
      <span class="quiet small">${t("steps.count", { n: count })}</span>
    </div>
  </section>`;
}

function tool(name, words, disabled, action) {
  return html`<button
    class="button bare"
    title=${words}
    aria-label=${words}
    ?disabled=${disabled}
    @click=${action}
  >
    ${icon(name)}
  </button>`;
}

function loader() {
  const words = t("steps.load");
  const chosen = (event) => {
    actions.loadSteps(event.target.files[0]);
    event.target.value = "";
  };
  return html`<label class="button bare loader" title=${words}>
    ${icon("upload")}
    <input
      class="visually-hidden"
      type="file"
      accept=".json,application/json"
      aria-label=${words}
      @change=${chosen}
    />
  </label>`;
}

function empty() {
  return html`<div class="empty">
    <p>${t("steps.empty")}</p>
    <button class="button" @click=${actions.startWithUsualSteps}>${t("steps.usual")}</button>
  </div>`;
}

function stepRow({ state, upload, step, index, faults }) {
  const name = moduleName(state.catalogue, step.key);
  const module = state.catalogue.get(step.key);
  const open = state.file.open === step.id;
  return html`<li
    class="step ${step.off ? "step-off" : ""} ${faults.length > 0 ? "step-faulty" : ""}"
    data-id=${step.id}
  >
    <div class="step-head">
      <button
        class="button bare grip"
        title=${t("steps.grip")}
        aria-label=${t("steps.move", { name, n: index + 1 })}
        aria-describedby="steps-title"
        @keydown=${(event) => moveByKey(event, step, index, name)}
      >
        ${icon("grip")}
      </button>
      <button
        class="step-name"
        aria-expanded=${open}
        @click=${() => actions.toggleSettings(step.id)}
      >
        <strong>${name}</strong>
        <span class="quiet small">${summary(step)}</span>
        ${icon("chevron")}
      </button>
      <input
        type="checkbox"
        role="switch"
        class="switch"
        .checked=${live(!step.off)}
        aria-label=${t("steps.use", { name })}
        @change=${(event) => actions.switchStep(step.id, !event.target.checked)}
      />
      <button
        class="button bare"
        aria-label=${t("steps.remove", { name })}
        @click=${() => actions.removeStep(step.id)}
      >
        ${icon("close")}
      </button>
    </div>
    ${faults.filter(({ pointer }) => !pointer.startsWith("/params/")).map(({ message }) => html`<p class="field-fault">${message}</p>`)}
    ${
      open
        ? html`<div class="step-body">
            <p class="quiet small">${moduleDescription(state.catalogue, step.key)}</p>
            ${module === undefined ? nothing : paramsForm({ module, step, upload, faults })}
          </div>`
        : nothing
    }
  </li>`;
}

/** What is set otherwise than usual, in a few words. */
function summary(step) {
  const changed = Object.keys(step.params).length;
  return changed === 0 ? nothing : t("steps.changed", { n: changed });
}

function moveByKey(event, step, index, name) {
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  const to = Math.min(Math.max(index + by, 0), current.file.draft.steps.length - 1);
  actions.moveStep(step.id, to);
  announce(t("steps.moved", { name, n: to + 1 }));
  // The row is moved in the document, which takes the focus from it.
  const grip = event.currentTarget;
  afterDraw(() => grip.focus());
}

/** Every module there is, found by a few letters; any may be used more than once. */
function adder({ catalogue, file }) {
  const used = new Set(file.draft.steps.map((step) => step.key));
  const found = [...catalogue.values()].filter((module) => matches(module, catalogue, file.search));
  return html`<details
    class="adder"
    @toggle=${(event) => event.target.open && event.target.querySelector("input").focus()}
  >
    <summary class="button">${icon("plus")}${t("steps.add")}</summary>
    <div class="adder-body">
      <input
        type="search"
        aria-label=${t("steps.find")}
        placeholder=${t("steps.find")}
        .value=${file.search}
        @input=${(event) => actions.findModules(event.target.value)}
        @keydown=${(event) => event.key === "Enter" && found.length > 0 && add(event, found[0].key)}
      />
      <ul class="rows">
        ${repeat(
          found,
          (module) => module.key,
          (module) =>
            html`<li>
              <button class="row-link" @click=${(event) => add(event, module.key)}>
                <span class="adder-words">
                  <strong>${moduleName(catalogue, module.key)}</strong>
                  <span class="quiet small">${moduleDescription(catalogue, module.key)}</span>
                </span>
                ${used.has(module.key) ? html`<span class="quiet small">${t("steps.used")}</span>` : nothing}
                ${module.origin === "core" ? nothing : html`<span class="badge">${t("steps.custom")}</span>`}
              </button>
            </li>`,
        )}
      </ul>
      ${found.length === 0 ? html`<p class="quiet small">${t("steps.noneFound")}</p>` : nothing}
    </div>
  </details>`;
}

/** Found by every word that was typed, in the name, the description or the key. */
function matches(module, catalogue, search) {
  const text = [
    moduleName(catalogue, module.key),
    moduleDescription(catalogue, module.key),
    module.key,
  ];
  const plain = text.join(" ").toLocaleLowerCase();
  return search
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => plain.includes(word));
}

function add(event, key) {
  const { id } = actions.addStep(key);
  event.currentTarget.closest("details").open = false;
  actions.findModules("");
  announce(t("steps.added", { name: moduleName(current.catalogue, key) }));
  afterDraw(() => document.querySelector(`[data-id="${id}"] .step-name`)?.focus());
}
