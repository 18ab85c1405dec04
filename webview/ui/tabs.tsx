import { Icon } from "./icon.tsx";

interface Tab<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly icon?: string;
  /** Shown with the label on hover. */
  readonly hint?: string;
}

interface Props<T extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<T>[];
  readonly selected: T;
  /** Id of the panel that the tabs switch. */
  readonly panel: string;
  readonly onSelect: (value: T) => void;
}

/** One of several views in one place; arrow keys move and switch at once. */
export function Tabs<T extends string>({ label, tabs, selected, panel, onSelect }: Props<T>) {
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex(({ value }) => value === selected);
    const next = (at + step + tabs.length) % tabs.length;
    onSelect(tabs[next]!.value);
    const list = event.currentTarget as HTMLElement;
    list.querySelectorAll<HTMLElement>("[role=tab]")[next]?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map(({ value, label: text, icon, hint }) => (
        <button
          key={value}
          type="button"
          role="tab"
          class="tab"
          aria-selected={value === selected}
          aria-controls={panel}
          tabIndex={value === selected ? 0 : -1}
          title={hint ? `${text} (${hint})` : text}
          onClick={() => onSelect(value)}
        >
          {icon && <Icon name={icon} />}
          {text}
        </button>
      ))}
    </div>
  );
}
