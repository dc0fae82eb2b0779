/** What the server would add to the steps, each with its reason and what it would change. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { t } from "../i18n.js";
import { isOutdated, isTaken, suggestSteps, takeSuggestions } from "../suggestions.js";
import { moduleName, problemBox, skeleton } from "./parts.js";

export function suggestions({ catalogue, file }) {
  const loading = file.suggestions?.loading ?? false;
  return html`<div class="suggest">
    <button class="button" aria-busy=${loading} @click=${suggestSteps}>
      ${loading ? t("suggest.looking") : t("suggest.ask")}
    </button>
    ${
      file.suggestions === null
        ? nothing
        : html`<div
            class="suggest-body"
            role="group"
            tabindex="0"
            aria-label=${t("suggest.title")}
          >
            ${body(catalogue, file)}
          </div>`
    }
  </div>`;
}

function body(catalogue, file) {
  const { loading, problem, answer } = file.suggestions;
  if (loading) return skeleton(6);
  if (problem !== null) return problemBox(problem, { retry: suggestSteps });
  const outdated = isOutdated(file);
  return html`${outdated ? html`<p class="small">${t("suggest.outdated")}</p>` : nothing}
    ${
      answer.steps.length === 0
        ? html`<p>${t("suggest.none")}</p>`
        : proposals({ catalogue, file, outdated })
    }
    ${
      answer.is_whole
        ? nothing
        : html`<p class="quiet small">${t("suggest.excerpt", { n: answer.rows_examined })}</p>`
    }
    ${leftAlone(answer.left_alone)}`;
}

function proposals({ catalogue, file, outdated }) {
  const { steps } = file.suggestions.answer;
  const open = steps.map((_, place) => place).filter((place) => !isTaken(file, place));
  return html`<button
      class="button small"
      ?disabled=${outdated || open.length === 0}
      @click=${() => takeSuggestions(open)}
    >
      ${open.length === 0 ? t("suggest.taken") : t("suggest.all", { n: open.length })}
    </button>
    <ol class="rows">
      ${steps.map((step, place) =>
        proposal({ step, place, outdated, taken: isTaken(file, place), catalogue }),
      )}
    </ol>`;
}

function proposal({ step, place, outdated, taken, catalogue }) {
  const name = moduleName(catalogue, step.module.key);
  return html`<li>
    <div class="suggest-words">
      <strong>${name}</strong>
      <span class="small">${step.reason}</span>
      <span class="quiet small">${counts(step)}</span>
    </div>
    <button
      class="button small"
      aria-label=${taken ? nothing : t("suggest.takeNamed", { name })}
      ?disabled=${outdated || taken}
      @click=${() => takeSuggestions([place])}
    >
      ${taken ? t("suggest.taken") : t("suggest.take")}
    </button>
  </li>`;
}

function counts({ cells_changed: cells, rows_removed: rows }) {
  const told = [];
  if (cells > 0 || rows === 0) told.push(t("suggest.cells", { n: cells }));
  if (rows > 0) told.push(t("suggest.rows", { n: rows }));
  return told.join(" · ");
}

function leftAlone(sentences) {
  if (sentences.length === 0) return nothing;
  return html`<p class="small">${t("suggest.leftAlone")}</p>
    <ul class="left-alone quiet small">
      ${sentences.map((sentence) => html`<li>${sentence}</li>`)}
    </ul>`;
}
