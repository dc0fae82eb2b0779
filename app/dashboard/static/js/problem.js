/** What went wrong, in the server's words: a problem document (RFC 9457) as an error. */

import { t } from "./i18n.js";

export class Problem extends Error {
  constructor(document) {
    super(document.detail ?? document.title);
    this.status = document.status ?? 0;
    this.code = document.code ?? "unknown";
    this.title = document.title;
    this.detail = document.detail ?? "";
    /** [{pointer, message}]: faults of single fields. */
    this.faults = document.errors ?? [];
    this.requestId = document.request_id ?? null;
  }

  /** The server did not answer at all. */
  static unreachable() {
    return new Problem({
      code: "unreachable",
      title: t("problem.unreachable.title"),
      detail: t("problem.unreachable.detail"),
    });
  }

  /** From the body of an answer that is no success; some proxy may have written it. */
  static fromText(status, text) {
    try {
      const document = JSON.parse(text);
      if (typeof document?.title === "string") return new Problem({ status, ...document });
    } catch {
      // Not JSON: told from its status alone.
    }
    return new Problem({
      status,
      code: "unreadable-answer",
      title: t("problem.unreadable.title"),
      detail: t("problem.unreadable.detail", { status }),
    });
  }

  /** The faults below a JSON pointer, with what is left of theirs. */
  faultsBelow(prefix) {
    return this.faults
      .filter(({ pointer }) => pointer === prefix || pointer.startsWith(`${prefix}/`))
      .map(({ pointer, message }) => ({ pointer: pointer.slice(prefix.length), message }));
  }
}
