/** API keys, for admins: make one, see it once, give it a new secret, end it. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { moment, t } from "../i18n.js";
import { hideIssued, makeKey, moreKeys, openKeys, revokeKey, rotateKey } from "../key_actions.js";
import { copyButton } from "./copy.js";
import { icon } from "./icons.js";
import { problemBox, skeleton, time } from "./parts.js";

const SCOPES = ["read", "write", "admin"];
const LIFETIMES = [30, 90, 365];
/** How long the old secret still opens after a rotation, for those who have to be told. */
const OVERLAP_DAYS = 7;

export function keysView({ keys }) {
  const title = html`<h1 tabindex="-1">${t("title.keys")}</h1>`;
  if (keys.problem !== null) return html`${title}${problemBox(keys.problem, { retry: openKeys })}`;
  return html`${title}
    <p class="lead">${t("keys.lead")}</p>
    ${maker(keys)} ${issued(keys.issued)}
    ${
      keys.loading && keys.list.length === 0
        ? skeleton(5)
        : html`<ul class="rows card section keys">
            ${repeat(keys.list, (key) => key.id, keyRow)}
          </ul>`
    }
    ${
      keys.cursor === null
        ? nothing
        : html`<button class="button" ?disabled=${keys.loading} @click=${moreKeys}>
            ${t("action.more")}
          </button>`
    }`;
}

function maker({ refusal }) {
  return html`<form class="card section key-form" @submit=${submit}>
    <div class="param">
      <label for="key-name">${t("keys.name")}</label>
      <input id="key-name" name="name" required maxlength="100" autocomplete="off" />
    </div>
    <div class="param">
      <label for="key-scope">${t("keys.scope")}</label>
      <select id="key-scope" name="scope">
        ${SCOPES.map((scope) => html`<option value=${scope} ?selected=${scope === "write"}>${t(`scope.${scope}`)}</option>`)}
      </select>
    </div>
    <div class="param">
      <label for="key-days">${t("keys.expires")}</label>
      <select id="key-days" name="days">
        <option value="">${t("keys.never")}</option>
        ${LIFETIMES.map((days) => html`<option value=${days}>${t("keys.inDays", { n: days })}</option>`)}
      </select>
    </div>
    <button class="button primary">${t("keys.make")}</button>
    ${refusal === null ? nothing : html`<div class="key-refusal">${problemBox(refusal)}</div>`}
  </form>`;
}

async function submit(event) {
  event.preventDefault();
  const form = event.target;
  const { name, scope, days } = Object.fromEntries(new FormData(form));
  if (await makeKey({ name: name.trim(), scope, days: days === "" ? null : Number(days) }))
    form.reset();
}

function issued(key) {
  if (key === null) return nothing;
  return html`<section class="card section issued" role="status">
    <div class="issued-words">
      <strong>${t("keys.issued", { name: key.name })}</strong>
      <p class="quiet small">${t("keys.once")}</p>
      <code class="key-text">${key.text}</code>
    </div>
    ${copyButton(key.text)}
    <button class="button bare" aria-label=${t("action.close")} @click=${hideIssued}>
      ${icon("close")}
    </button>
  </section>`;
}

function keyRow(key) {
  const ended = key.revoked_at !== null || isPast(key.expires_at);
  return html`<li class="key-row ${ended ? "key-ended" : ""}">
    <span class="key-words">
      <strong class="ellipsis" title=${key.name}>${key.name}</strong>
      <code class="quiet small">${key.id}</code>
    </span>
    <span class="badge">${t(`scope.${key.scope}`)}</span>
    <span class="quiet small key-facts">
      <span>${t("keys.made")} ${time(key.created_at)}</span>
      <span
        >${key.last_used_at === null ? t("keys.unused") : html`${t("keys.used")} ${time(key.last_used_at)}`}</span
      >
      <span>${lifetime(key)}</span>
    </span>
    ${key.revoked_at === null ? actions(key) : html`<span></span>`}
  </li>`;
}

function lifetime({ revoked_at: revoked, expires_at: expires }) {
  if (revoked !== null) return t("keys.revokedAt", { moment: moment(revoked) });
  if (expires === null) return t("keys.noEnd");
  return t(isPast(expires) ? "keys.expiredAt" : "keys.expiresAt", { moment: moment(expires) });
}

function isPast(iso) {
  return iso !== null && new Date(iso) < new Date();
}

function actions({ id, name }) {
  return html`<span class="actions">
    ${question({
      words: t("keys.rotate"),
      label: t("keys.rotateNamed", { name }),
      text: t("keys.rotateQuestion", { n: OVERLAP_DAYS }),
      yes: t("keys.rotateYes"),
      act: () => rotateKey(id, OVERLAP_DAYS),
    })}
    ${question({
      words: t("keys.revoke"),
      label: t("keys.revokeNamed", { name }),
      text: t("keys.revokeQuestion"),
      yes: t("keys.revokeYes"),
      act: () => revokeKey(id),
      danger: true,
    })}
  </span>`;
}

/** A button that asks before it acts. */
function question({ words, label, text, yes, act, danger = false }) {
  const answered = (event) => {
    event.target.closest("details").open = false;
    act();
  };
  return html`<details class="removal" name="key-question">
    <summary class="button small" aria-label=${label}>${words}</summary>
    <div class="removal-question card">
      <p>${text}</p>
      <button class="button ${danger ? "danger" : ""}" @click=${answered}>${yes}</button>
    </div>
  </details>`;
}
