/** Every form of line in which xcodebuild and its tools say what is wrong, and what it says. */
import type { Diagnostic } from "../../../../src/runner/diagnostics/diagnostic.ts";

/** Against which relative paths are meant. */
export const folder = "/Users/ada/Pony Express";

/** Without what is the same everywhere. */
type Wanted = Partial<Diagnostic> & Pick<Diagnostic, "kind" | "message">;

export interface Case {
  readonly is: string;
  readonly lines: readonly string[];
  readonly says: readonly Wanted[];
}

const error = (
  kind: Diagnostic["kind"],
  message: string,
  file?: string,
  line?: number,
  column?: number,
): Wanted => ({
  severity: "error",
  kind,
  message,
  ...(file !== undefined && { file }),
  ...(line !== undefined && { line }),
  ...(column !== undefined && { column }),
});
const warning = (...args: Parameters<typeof error>): Wanted => ({
  ...error(...args),
  severity: "warning",
});

const one = (is: string, line: string, ...says: Wanted[]): Case => ({ is, lines: [line], says });
const none = (is: string, ...lines: string[]): Case => ({ is, lines, says: [] });

const compilers: readonly Case[] = [
  one(
    "Swift, an error",
    "/p/F.swift:12:7: error: cannot find 'x' in scope",
    error("compile", "cannot find 'x' in scope", "/p/F.swift", 12, 7),
  ),
  one(
    "Swift, a warning",
    "/p/F.swift:3:9: warning: variable 'a' was never used",
    warning("compile", "variable 'a' was never used", "/p/F.swift", 3, 9),
  ),
  one(
    "clang, with its group",
    "/p/a.m:9:1: warning: unused variable 'b' [-Wunused-variable]",
    warning("compile", "unused variable 'b' [-Wunused-variable]", "/p/a.m", 9, 1),
  ),
  one(
    "a fatal error",
    "/p/a.m:1:10: fatal error: 'Missing.h' file not found",
    error("compile", "'Missing.h' file not found", "/p/a.m", 1, 10),
  ),
  one(
    "a line without a column",
    "/p/Info.plist:4: error: unexpected character",
    error("compile", "unexpected character", "/p/Info.plist", 4),
  ),
  one(
    "a warning without a column",
    "/p/Main.storyboard:12: warning: unsupported configuration",
    warning("compile", "unsupported configuration", "/p/Main.storyboard", 12),
  ),
  one(
    "a path with spaces",
    "/Users/ada/My App/Sources/Big View.swift:1:2: error: m",
    error("compile", "m", "/Users/ada/My App/Sources/Big View.swift", 1, 2),
  ),
  one(
    "a path with other letters",
    "/Users/ada/Größe/Ünïcode 日本.swift:5:6: error: Zeichenkette „x“",
    error("compile", "Zeichenkette „x“", "/Users/ada/Größe/Ünïcode 日本.swift", 5, 6),
  ),
  one(
    "a relative path",
    "Sources/Main.swift:2:1: error: m",
    error("compile", "m", `${folder}/Sources/Main.swift`, 2, 1),
  ),
  one(
    "a relative path that goes up",
    "../Shared/Log.swift:2:1: warning: m",
    warning("compile", "m", "/Users/ada/Shared/Log.swift", 2, 1),
  ),
  one(
    "a dotted relative path",
    "./Main.swift:2:1: error: m",
    error("compile", "m", `${folder}/Main.swift`, 2, 1),
  ),
  one("CRLF", "/p/F.swift:12:7: error: m\r\n", error("compile", "m", "/p/F.swift", 12, 7)),
  one(
    "ANSI colours",
    "\x1b[1m/p/F.swift:12:7: \x1b[0m\x1b[0;1;31merror: \x1b[0m\x1b[1mm\x1b[0m",
    error("compile", "m", "/p/F.swift", 12, 7),
  ),
  one(
    "a colour in the middle of a word",
    "/p/F.swift:1:1: warn\x1b[33ming: careful\x1b[K",
    warning("compile", "careful", "/p/F.swift", 1, 1),
  ),
  one(
    "a message with colons",
    "/p/F.swift:1:1: error: a: b:3:4: error: c",
    error("compile", "a: b:3:4: error: c", "/p/F.swift", 1, 1),
  ),
  one("an empty message", "/p/F.swift:1:1: error: ", error("compile", "", "/p/F.swift", 1, 1)),
  one(
    "a drive letter",
    "C:\\src\\F.swift:1:1: error: m",
    error("compile", "m", "C:\\src\\F.swift", 1, 1),
  ),
  one(
    "an unknown place that names its file",
    "<unknown>:0: error: error opening input file '/p/Gone.swift' (No such file or directory)",
    error(
      "compile",
      "error opening input file '/p/Gone.swift' (No such file or directory)",
      "/p/Gone.swift",
    ),
  ),
  one(
    "an unknown place",
    "<unknown>:0: error: unable to load standard library for target 'arm64-apple-ios99'",
    error("project", "unable to load standard library for target 'arm64-apple-ios99'"),
  ),
  one(
    "an unknown place's warning",
    "<unknown>:0: warning: could not find '/p/A.modulemap'",
    warning("compile", "could not find '/p/A.modulemap'", "/p/A.modulemap"),
  ),
  none(
    "the code below an error",
    "        let a = b",
    "                ^",
    "                ~ ^~~~",
  ),
  none("a remark", "/p/F.swift:1:1: remark: loaded module 'Foundation'"),
  none(
    "what is only said",
    "CompileSwift normal arm64 /p/F.swift (in target 'A' from project 'A')",
  ),
  none("a time with colons", "2026-11-21 10:11:12.345 xcodebuild[123:456] IDETestOperations: done"),
  none("an empty line", ""),
  none("a note of a build setting", "note: Using new build system", "note: Planning"),
];

const notes: readonly Case[] = [
  {
    is: "a note below an error",
    lines: ["/p/F.swift:1:2: error: m", "/p/G.swift:3:4: note: did you mean this?"],
    says: [
      {
        ...error("compile", "m", "/p/F.swift", 1, 2),
        related: [{ file: "/p/G.swift", line: 3, column: 4, message: "did you mean this?" }],
      },
    ],
  },
  {
    is: "several notes, with code in between",
    lines: [
      "/p/a.mm:1:2: error: no matching function for call to 'f'",
      "  f(1);",
      "  ^",
      "/p/a.h:8:6: note: candidate function not viable",
      "void f();",
      "     ^",
      "/p/a.h:9: note: another",
    ],
    says: [
      {
        ...error("compile", "no matching function for call to 'f'", "/p/a.mm", 1, 2),
        related: [
          { file: "/p/a.h", line: 8, column: 6, message: "candidate function not viable" },
          { file: "/p/a.h", line: 9, message: "another" },
        ],
      },
    ],
  },
  {
    is: "a note that is said twice",
    lines: [
      "/p/F.swift:1:2: error: m",
      "/p/G.swift:3:4: note: n",
      "/p/F.swift:1:2: error: m",
      "/p/G.swift:3:4: note: n",
    ],
    says: [
      {
        ...error("compile", "m", "/p/F.swift", 1, 2),
        related: [{ file: "/p/G.swift", line: 3, column: 4, message: "n" }],
      },
    ],
  },
  {
    is: "a note of nothing",
    lines: ["/p/G.swift:3:4: note: n"],
    says: [
      { severity: "note", kind: "compile", message: "n", file: "/p/G.swift", line: 3, column: 4 },
    ],
  },
  {
    is: "a note belongs to the last place, not to a linker's or a project's error",
    lines: ["/p/F.swift:1:2: warning: m", "error: the project is odd", "/p/G.swift:3:4: note: n"],
    says: [
      {
        ...warning("compile", "m", "/p/F.swift", 1, 2),
        related: [{ file: "/p/G.swift", line: 3, column: 4, message: "n" }],
      },
      error("project", "the project is odd"),
    ],
  },
];

const linkers: readonly Case[] = [
  {
    is: "undefined symbols",
    lines: [
      "Undefined symbols for architecture arm64:",
      '  "_OBJC_CLASS_$_Gone", referenced from:',
      "      objc-class-ref in Main.o",
      '  "Pony.gallop() -> ()", referenced from:',
      "      Pony.run() -> () in Pony.o",
      "ld: symbol(s) not found for architecture arm64",
      "clang: error: linker command failed with exit code 1 (use -v to see invocation)",
    ],
    says: [
      error(
        "link",
        [
          "Undefined symbols for architecture arm64:",
          '  "_OBJC_CLASS_$_Gone", referenced from:',
          "      objc-class-ref in Main.o",
          '  "Pony.gallop() -> ()", referenced from:',
          "      Pony.run() -> () in Pony.o",
          "ld: symbol(s) not found for architecture arm64",
          "clang: error: linker command failed with exit code 1 (use -v to see invocation)",
        ].join("\n"),
      ),
    ],
  },
  {
    is: "duplicate symbols, in colour and with CRLF",
    lines: [
      "\x1b[31mduplicate symbol '_main' in:\x1b[0m\r",
      "    /p/a.o\r",
      "    /p/b.o\r",
      "ld: 1 duplicate symbol for architecture arm64\r",
      "clang: error: linker command failed with exit code 1 (use -v to see invocation)\r",
    ],
    says: [
      error(
        "link",
        "duplicate symbol '_main' in:\n    /p/a.o\n    /p/b.o\nld: 1 duplicate symbol for architecture arm64\nclang: error: linker command failed with exit code 1 (use -v to see invocation)",
      ),
    ],
  },
  {
    is: "a library that is not there, and no last line",
    lines: ["ld: library 'pony' not found", "** TEST BUILD FAILED **"],
    says: [error("link", "ld: library 'pony' not found")],
  },
  {
    is: "a framework that is not there",
    lines: [
      "ld: framework not found Pony",
      "clang: error: linker command failed with exit code 1 (use -v to see invocation)",
    ],
    says: [
      error(
        "link",
        "ld: framework not found Pony\nclang: error: linker command failed with exit code 1 (use -v to see invocation)",
      ),
    ],
  },
  {
    is: "C++ and a guess",
    lines: [
      "Undefined symbols for architecture x86_64:",
      '  "f(int)", referenced from:',
      "      _main in a.o",
      "     (maybe you meant: f(long))",
      "ld: symbol(s) not found for architecture x86_64",
      "clang++: error: linker command failed with exit code 1 (use -v to see invocation)",
    ],
    says: [
      {
        ...error("link", ""),
        message: [
          "Undefined symbols for architecture x86_64:",
          '  "f(int)", referenced from:',
          "      _main in a.o",
          "     (maybe you meant: f(long))",
          "ld: symbol(s) not found for architecture x86_64",
          "clang++: error: linker command failed with exit code 1 (use -v to see invocation)",
        ].join("\n"),
      },
    ],
  },
  one(
    "a linker's warning, which stands alone",
    "ld: warning: ignoring duplicate libraries: '-lc++'",
    warning("link", "ignoring duplicate libraries: '-lc++'"),
  ),
  {
    is: "a linker's last line alone",
    lines: ["clang: error: linker command failed with exit code 1 (use -v to see invocation)"],
    says: [
      error(
        "link",
        "clang: error: linker command failed with exit code 1 (use -v to see invocation)",
      ),
    ],
  },
  {
    is: "a linker's error between compiler's",
    lines: ["/p/F.swift:1:2: warning: m", "Undefined symbol: _gone", "/p/G.swift:3:4: error: n"],
    says: [
      warning("compile", "m", "/p/F.swift", 1, 2),
      error("link", "Undefined symbol: _gone"),
      error("compile", "n", "/p/G.swift", 3, 4),
    ],
  },
  {
    is: "the output ends in the middle",
    lines: ["Undefined symbols for architecture arm64:", '  "_a", referenced from:'],
    says: [error("link", 'Undefined symbols for architecture arm64:\n  "_a", referenced from:')],
  },
];

const projects: readonly Case[] = [
  one(
    "an error of no place",
    "error: Build input file cannot be found",
    error("project", "Build input file cannot be found"),
  ),
  one(
    "a warning of no place",
    "warning: The iOS deployment target is old",
    warning("project", "The iOS deployment target is old"),
  ),
  one(
    "with its target",
    "error: Multiple commands produce '/b/x' (in target 'A' from project 'P')",
    error("project", "Multiple commands produce '/b/x' (in target 'A' from project 'P')"),
  ),
  one(
    "of a project file",
    "/p/App.xcodeproj: error: The file “App.entitlements” could not be opened",
    error("project", "The file “App.entitlements” could not be opened", "/p/App.xcodeproj"),
  ),
  one(
    "of a project file with spaces, a warning",
    "/p/My App.xcodeproj: warning: update to recommended settings",
    warning("project", "update to recommended settings", "/p/My App.xcodeproj"),
  ),
  one(
    "of xcodebuild itself",
    'xcodebuild: error: The project named "App" does not contain a scheme named "Nope".',
    error("project", 'The project named "App" does not contain a scheme named "Nope".'),
  ),
  {
    is: "of xcodebuild itself, over several lines",
    lines: [
      "xcodebuild: error: Could not resolve package dependencies:",
      "  package 'pony' is required using two different revisions",
      "",
      "  and a third",
      "Resolving again",
    ],
    says: [
      error(
        "project",
        "Could not resolve package dependencies:\n  package 'pony' is required using two different revisions\n  and a third",
      ),
    ],
  },
  one(
    "signing without a team",
    "error: Signing for \"App\" requires a development team. (in target 'App' from project 'App')",
    error(
      "signing",
      "Signing for \"App\" requires a development team. (in target 'App' from project 'App')",
    ),
  ),
  one(
    "signing, of a project file",
    "/p/App.xcodeproj: error: No profiles for 'dev.app' were found (in target 'App')",
    error("signing", "No profiles for 'dev.app' were found (in target 'App')", "/p/App.xcodeproj"),
  ),
  one(
    "the old signing error",
    "Code Sign error: No code signing identities found",
    error("signing", "Code Sign error: No code signing identities found"),
  ),
  one(
    "the old signing error in one word",
    "CodeSign error: entitlements are required",
    error("signing", "CodeSign error: entitlements are required"),
  ),
  one(
    "a profile that is required",
    '"App" requires a provisioning profile. Select one in the editor.',
    error("signing", '"App" requires a provisioning profile. Select one in the editor.'),
  ),
  one(
    "a profile that does not match",
    "error: No profile matching 'X' found: it is not there",
    error("signing", "No profile matching 'X' found: it is not there"),
  ),
  one(
    "no certificate",
    'error: No signing certificate "iOS Development" found',
    error("signing", 'No signing certificate "iOS Development" found'),
  ),
  one(
    "a script",
    "Command PhaseScriptExecution failed with a nonzero exit code",
    error("script", "Command PhaseScriptExecution failed with a nonzero exit code"),
  ),
  one(
    "a script, with its code",
    "Command /bin/sh failed with exit code 3",
    error("script", "Command /bin/sh failed with exit code 3"),
  ),
  {
    is: "no such destination",
    lines: [
      "xcodebuild: error: Unable to find a destination matching the provided destination specifier:",
      "\t\t{ platform:iOS Simulator, id:42 }",
      "",
      '\tAvailable destinations for the "App" scheme:',
      "\t\t{ platform:macOS, arch:arm64, name:My Mac }",
    ],
    says: [
      error(
        "destination",
        [
          "Unable to find a destination matching the provided destination specifier:",
          "\t\t{ platform:iOS Simulator, id:42 }",
          '\tAvailable destinations for the "App" scheme:',
          "\t\t{ platform:macOS, arch:arm64, name:My Mac }",
        ].join("\n"),
      ),
    ],
  },
  one(
    "no such destination, without xcodebuild's name",
    "Unable to find a destination matching the provided destination specifier",
    error(
      "destination",
      "Unable to find a destination matching the provided destination specifier",
    ),
  ),
];

const tests: readonly Case[] = [
  one(
    "a failure",
    "/p/PonyTests.swift:9: error: -[PonyTests.PonyTests testGallop] : XCTAssertTrue failed",
    error(
      "test",
      "-[PonyTests.PonyTests testGallop] : XCTAssertTrue failed",
      "/p/PonyTests.swift",
      9,
    ),
  ),
  one(
    "a failure of Objective-C, relative",
    'Tests/a.m:9: error: -[PonyTests testGallop] : failed: caught "NSRangeException"',
    error(
      "test",
      '-[PonyTests testGallop] : failed: caught "NSRangeException"',
      `${folder}/Tests/a.m`,
      9,
    ),
  ),
  one(
    "a failure with a space before its colon",
    "/p/T.swift:9: error : -[A b] : m",
    error("test", "-[A b] : m", "/p/T.swift", 9),
  ),
  none("a test that starts", "Test Case '-[PonyTests testGallop]' started."),
  none(
    "a test that fails, in one sentence",
    "Test Case '-[PonyTests testGallop]' failed (0.012 seconds).",
  ),
];

const repeats: readonly Case[] = [
  {
    is: "the same for each architecture",
    lines: [
      "/p/F.swift:1:2: error: m",
      "/p/F.swift:1:2: error: m",
      "/p/F.swift:1:2: warning: w",
      "/p/F.swift:1:3: error: m",
    ],
    says: [
      error("compile", "m", "/p/F.swift", 1, 2),
      warning("compile", "w", "/p/F.swift", 1, 2),
      error("compile", "m", "/p/F.swift", 1, 3),
    ],
  },
  {
    is: "two of one line, without a column",
    lines: ["/p/F:1: error: m", "/p/F:1: error: n", "/p/F:1: error: m"],
    says: [error("compile", "m", "/p/F", 1), error("compile", "n", "/p/F", 1)],
  },
];

export const corpus: Readonly<Record<string, readonly Case[]>> = {
  compilers,
  notes,
  linkers,
  projects,
  tests,
  repeats,
};
