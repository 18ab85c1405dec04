/** A codicon. Decoration only: the control around it says what it is. */
export function Icon({ name, slot }: { name: string; slot?: string }) {
  return <span class={`codicon codicon-${name}`} aria-hidden="true" {...(slot && { slot })} />;
}
