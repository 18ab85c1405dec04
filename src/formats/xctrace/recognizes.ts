const rootElement = /^<(?:trace-query-result|trace-toc)[\s/>]/;

/** Whether the first element is an export's root. No pattern for the whole: those can take ages. */
export function recognizes(head: Buffer): boolean {
  const text = head.toString("latin1");
  let at = text.startsWith("\xef\xbb\xbf") ? 3 : 0;
  for (;;) {
    while (/\s/.test(text[at] ?? "")) at++;
    const end = text.startsWith("<?", at) ? "?>" : text.startsWith("<!--", at) ? "-->" : undefined;
    if (end === undefined) return rootElement.test(text.slice(at, at + 32));
    const found = text.indexOf(end, at + 2);
    if (found < 0) return false;
    at = found + end.length;
  }
}
