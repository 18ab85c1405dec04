/** What a profile draws around the code: heat, lenses, hovers, problems, in every theme. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { shopFiles } from "../shop.ts";
import { type Colour, contrast, over, parseColour } from "./support/colour.ts";
import { type Theme, themes, Workbench } from "./support/workbench.ts";

describe("a profile around the code", function () {
  this.timeout(180_000);
  let source: string;
  let workbench: Workbench;

  before(async () => {
    source = mkdtempSync(join(tmpdir(), "hangscope-shop-"));
    // Recorded in another checkout: the files are found by where they stand in the workspace.
    for (const [path, content] of shopFiles("file:///home/ci/workspace")) {
      const file = join(source, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    workbench = await Workbench.open({
      workspace: source,
      settings: {
        "editor.minimap.enabled": false,
        "workbench.editorAssociations": { "*.cpuprofile": "hangscope.cpuprofile" },
      },
    });
    const { page } = workbench;
    // A file that is opened before the window knows our editor is shown as text.
    await workbench.findCommand("Hangscope: Open Profile");
    await page.keyboard.press("Escape");
    await workbench.openFile("shop.cpuprofile");
    await page.locator("iframe.webview:visible").waitFor();
    // The command is enabled once the profile has been read.
    await page
      .locator('.editor-actions [aria-label^="Go to Hottest Frame"]:not(.disabled)')
      .waitFor();
    await workbench.runCommand("Hangscope: Go to Hottest Frame");
    await page.locator('.tab.active[data-resource-name="text.ts"]').waitFor();
  });
  after(async () => {
    await workbench?.close();
    rmSync(source, { recursive: true, force: true });
  });

  it("stands on the hottest line, beside the view", async () => {
    const { page } = workbench;
    await workbench.standsOn("text.ts", 5);
    await page.locator(".statusbar-item", { hasText: "Hot frame 1 of 7: lineAt" }).waitFor();
    await page.locator("iframe.webview:visible").waitFor();
  });

  it("writes share and time behind hot lines", async () => {
    await workbench.lens(/650 ms \(65\.0 %\)/).waitFor();
    assert.deepEqual(await heatLabels(workbench), [
      ["for (let i = 0; i < offset; i++) {", "14.8 % · 148 ms"],
      ["if (text.charCodeAt(i) === 10) line++;", "50.0 % · 500 ms"],
      ["return [...text].map((_, i) => lineAt(text, i));", "10.0 % · 100 ms"],
      [
        "export const twice = (n: number) => n * 2, thrice = (n: number) => n * 3;",
        "3.0 % · 30 ms",
      ],
    ]);
  });

  for (const theme of Object.keys(themes) as Theme[]) {
    it(`draws hotter lines stronger, with a readable label, in ${theme}`, async () => {
      await workbench.setTheme(theme);
      await workbench.problem("lineAt takes 65.0 %");
      const { lines, label, editor } = await heatColours(workbench);
      const [step3, step5, alsoStep3, step2] = lines.map(({ alpha }) => alpha);
      assert.equal(lines.length, 4);
      assert.equal(step3, alsoStep3);
      assert.ok(step5! > step3! && step3! > step2! && step2! > 0, `${lines.map((l) => l.alpha)}`);
      assert.ok(contrast(label, over(lines[1]!, editor)) >= 4.5, "the label cannot be read");
      await workbench.screenshot(`results-${theme}`);
    });
  }

  it("tells who called a hot line, and leads to the view", async () => {
    const { page } = workbench;
    await page.locator(".view-line span", { hasText: /^charCodeAt$/ }).hover();
    const hover = page.locator(".monaco-hover:visible", { hasText: "of all time" });
    await hover.getByText("lineAt was called from").waitFor();
    await workbench.screenshot("results-hover");
    await hover.getByText("Show in the profile").click();
    await page
      .locator('.editor-group-container.active .tab.active[data-resource-name="shop.cpuprofile"]')
      .waitFor();
  });

  it("leads from a lens to the function in the view", async () => {
    await openTab(workbench, "text.ts");
    await workbench.lens(/100 ms \(10\.0 %\), total 780 ms/).click();
    const selection = workbench.webview().getByRole("region", { name: "Selection" });
    await selection.getByText("parse", { exact: true }).waitFor();
  });

  it("leads there too when the view has to be opened again", async () => {
    const { page } = workbench;
    await openTab(workbench, "shop.cpuprofile");
    await workbench.runCommand("View: Close Editor");
    await page.locator('.tab[data-resource-name="shop.cpuprofile"]').waitFor({ state: "detached" });
    await workbench.lens(/self 650 ms/).click();
    const selection = workbench.webview().getByRole("region", { name: "Selection" });
    await selection.getByText("lineAt", { exact: true }).waitFor();
  });

  it("takes the lenses away and brings them back as the settings say", async () => {
    await openTab(workbench, "text.ts");
    await workbench.lens(/self 650 ms/).waitFor();
    await workbench.set({ "hangscope.codeLens.enabled": false });
    await workbench.lens(/self 650 ms/).waitFor({ state: "detached" });
    await workbench.set({});
    await workbench.lens(/self 650 ms/).waitFor();
  });

  it("takes everything off the code with Clear Results", async () => {
    await openTab(workbench, "text.ts");
    await workbench.lens(/self 650 ms/).waitFor();
    await workbench.runCommand("Hangscope: Clear Results");
    await workbench.lens(/self 650 ms/).waitFor({ state: "detached" });
    assert.deepEqual(await heatLabels(workbench), []);
  });
});

async function openTab({ page }: Workbench, name: string): Promise<void> {
  await page.locator(`.tab[data-resource-name="${name}"]`).click();
  await page
    .locator(`.editor-group-container.active .tab.active[data-resource-name="${name}"]`)
    .waitFor();
}

/** Code and label of each line that has one, from the top. */
async function heatLabels({ page }: Workbench): Promise<[code: string, label: string][]> {
  const labelled: [string, string][] = await page.evaluate(`
    [...document.querySelectorAll(".view-line")]
      .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
      .flatMap((line) =>
        [...line.querySelectorAll("span")]
          .map((span) => getComputedStyle(span, "::after").content)
          .filter((content) => content.includes("%"))
          .map((content) => [line.textContent, content.slice(1, -1)]))`);
  const plain = (text: string) => text.replaceAll("\u00a0", " ").trim();
  return labelled.map(([code, label]) => [plain(code), plain(label)]);
}

interface HeatColours {
  /** Of each hot line, from the top. */
  readonly lines: readonly Colour[];
  readonly label: Colour;
  readonly editor: Colour;
}

async function heatColours({ page }: Workbench): Promise<HeatColours> {
  const found: { lines: string[]; label: string; editor: string } = await page.evaluate(`({
    lines: [...document.querySelectorAll('.view-overlays .cdr[class*="ced-"]')]
      .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
      .map((line) => getComputedStyle(line).backgroundColor),
    label: [...document.querySelectorAll(".view-line span")]
      .map((span) => getComputedStyle(span, "::after"))
      .find(({ content }) => content.includes("%")).color,
    editor: getComputedStyle(document.querySelector(".monaco-editor-background")).backgroundColor,
  })`);
  return {
    lines: found.lines.map(parseColour).filter(({ alpha }) => alpha > 0),
    label: parseColour(found.label),
    editor: parseColour(found.editor),
  };
}
