/**
 * Words and numbers in the reader's language. The server chose it from what the browser asks for
 * and wrote it on <html lang>; all its words are in i18n/<lang>.js.
 */

const language = document.documentElement.lang;
const { default: messages } = await import(`../i18n/${language}.js`);

const plural = new Intl.PluralRules(language);
const wholeNumbers = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const shortNumbers = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
const percents = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
const moments = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const distances = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "long" });

/**
 * The words for `key`. `{name}` is replaced by `values.name`, numbers as the language writes them;
 * a message with plural forms ({one, other}) is chosen by `values.n`.
 */
export function t(key, values = {}) {
  const found = messages[key];
  if (found === undefined) throw new Error(`no words for ${key} in ${language}`);
  const text = typeof found === "string" ? found : (found[plural.select(values.n)] ?? found.other);
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? number(value) : String(value);
  });
}

/** Words that may be missing, such as the name of a module this page has never heard of. */
export function tOr(key, fallback) {
  return messages[key] ?? fallback;
}

export function number(value) {
  return wholeNumbers.format(value);
}

/** A share from 0 to 100. Rounded down: 100 % is only what is done. */
export function percent(value) {
  return percents.format(Math.floor(value) / 100);
}

const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

export function bytes(count) {
  const power = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), BYTE_UNITS.length - 1);
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: BYTE_UNITS[power],
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: power > 1 ? 1 : 0,
  }).format(count / 1000 ** power);
}

/** A span of time, in its two largest units at most. */
export function duration(seconds) {
  if (seconds < 1) return t("time.milliseconds", { n: Math.round(seconds * 1000) });
  if (seconds < 60) return t("time.seconds", { seconds: shortNumbers.format(Math.round(seconds)) });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t("time.minutes", { minutes, seconds: Math.round(seconds % 60) });
  return t("time.hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

export function moment(iso) {
  return moments.format(new Date(iso));
}

/** How long ago, in words; a date once it is more than a day. */
export function ago(iso) {
  const seconds = (Date.now() - new Date(iso)) / 1000;
  if (seconds < 45) return t("time.now");
  if (seconds < 3600) return distances.format(-Math.round(seconds / 60), "minute");
  if (seconds < 86_400) return distances.format(-Math.round(seconds / 3600), "hour");
  return moment(iso);
}
