/** The ways in which a document can be written, and those in which it must not. */
import assert from "node:assert/strict";
import { FormatError } from "../../../src/formats/format-error.ts";
import { readSamples } from "../../../src/formats/xctrace/reader.ts";
import { tagNames, tagOf } from "../../../src/formats/xctrace/tags.ts";
import { exportOf, readStacks, readText, stacksOf, tableNode, usual, withFile } from "./helpers.ts";

async function namesOf(frames: string): Promise<string[]> {
  const profile = await readStacks([`<backtrace id="40">${frames}</backtrace>`]);
  return stacksOf(profile)[0]!;
}

async function errorOf(text: string): Promise<FormatError> {
  const read = withFile(text, (path) => readSamples(path), "bad.xml");
  const error = await read.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof FormatError, String(error));
  return error;
}

describe("xctrace XML", () => {
  it("decodes XML's entities and numeric ones, and no others", async () => {
    const frames = [
      '<frame id="50" name="a &amp; &lt;b&gt; &quot;c&quot; &apos;d&apos;"/>',
      '<frame id="51" name="&#65;&#x42;&#x1F680;"/>',
      '<frame id="52" name="&amp;lt; &nbsp; &unknown; &#0; &#x110000; & &;"/>',
    ];
    assert.deepEqual(await namesOf(frames.join("")), [
      `a & <b> "c" 'd'`,
      "AB🚀",
      "&lt; &nbsp; &unknown; &#0; &#x110000; & &;",
    ]);
  });

  it("takes either quote, a raw > and attributes in any order", async () => {
    const frames = [
      `<frame addr='0x1' name='say "a > b"' id='50'/>`,
      `<frame\n\tname = "it's"\n id="51"  ></frame >`,
      `<frame resident-%="5" id="52" name="c/>" ></frame>`,
      `<frame ref = '50' />`,
    ];
    assert.deepEqual(await namesOf(frames.join("\n")), [
      'say "a > b"',
      "it's",
      "c/>",
      'say "a > b"',
    ]);
  });

  it("steps over comments, instructions and what it does not know", async () => {
    const frames = [
      '<!-- <frame id="50" name="no"/> --><frame id="50" name="a"><!-- > --><other><frame-like/><![CDATA[</backtrace>]]></other></frame>',
      "<?php <frame ?><unknown><deep a='>'><frame id='60' name='inside'/></deep></unknown>",
      "text &lt; more<frame ref='50'/>",
    ];
    assert.deepEqual(await namesOf(frames.join("")), ["a", "a"]);
  });

  it("puts a text together from its pieces", async () => {
    const row = usual
      .replace(">1000000<", "><!-- a -->1000<![CDATA[00]]>&#48;<")
      .replace(">2000000<", ">\n 2000000 \n<");
    const profile = await readText(exportOf(tableNode({ rows: [`${row}<backtrace id="40"/>`] })));
    assert.deepEqual([...profile.samples.time], [1000]);
    assert.deepEqual([...profile.samples.weight], [2000]);
  });

  it("reads a document behind a byte order mark", async () => {
    const profile = await readText(
      `\ufeff${exportOf(tableNode({ rows: [`${usual}<backtrace/>`] }))}`,
    );
    assert.equal(profile.samples.length, 1);
  });

  it("refuses a document type, and with it entities of a document's own", async () => {
    const bomb =
      '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>';
    const { offset, message } = await errorOf(bomb + exportOf(tableNode({ rows: [usual] })));
    assert.equal(offset, 21);
    assert.match(message, /expected no document type/);
  });

  const faults: readonly [what: string, text: string, expected: RegExp, offset: number][] = [
    ["an end tag of another element", "<a><b></a></b>", /the end of an element/, 6],
    ["an end tag without a start", "</a>", /no end of an element/, 0],
    ["a value without quotes", "<trace-query-result a=1>", /a quote/, 22],
    ["an attribute without a value", "<trace-query-result a>", /an attribute with a value/, 20],
    ["a tag without a name", "<trace-query-result>< a>", /an element's name/, 20],
    ["a slash inside a tag", "<trace-query-result / a>", />/, 21],
    ["a second root", "<trace-query-result/><a/>", /the end of the document/, 21],
    ["another kind of declaration", "<trace-query-result><!ELEMENT a>", /no document type/, 20],
    ["nothing", "", /an element/, 0],
    ["an end that is missing", "<trace-query-result><node>", /the end of <node>/, 26],
    [
      "a tag that is cut off",
      "<trace-query-result><node a='",
      /the end of <trace-query-result>/,
      20,
    ],
  ];
  for (const [what, text, expected, offset] of faults) {
    it(`says where it found ${what}`, async () => {
      const error = await errorOf(text);
      assert.match(error.message, expected);
      assert.equal(error.offset, offset);
    });
  }

  it("knows each of its elements by name, and nothing that looks like one", () => {
    const tag = (text: string) => {
      const { buffer, byteOffset, length } = Buffer.from(`${text}>`);
      return tagOf(new DataView(buffer, byteOffset, length), 0, text.length);
    };
    for (const [i, name] of tagNames.entries()) {
      if (name === "") continue;
      assert.equal(tag(name), i, name);
      assert.equal(tag(name.toUpperCase()), 0, name);
      assert.equal(tag(`${name.slice(0, -1)}!`), 0, name);
      assert.equal(tag(`${name}s`), 0, name);
    }
  });
});
