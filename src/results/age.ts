/** How long ago something was, as people say it. */

const steps: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, ms: number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/**
 * `5 min. ago`, `yesterday`; `now` for less than a minute, and for what a clock that was set back
 * takes for the future.
 * @param ms milliseconds since then
 */
export function formatAge(ms: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  const [unit, size] = steps.find(([, least]) => ms >= least) ?? ["second", 1_000];
  return format.format(unit === "second" ? 0 : -Math.floor(ms / size), unit);
}
