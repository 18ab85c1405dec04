/** What `activate` builds once and hands to every room of the extension. No globals besides. */
import type * as vscode from "vscode";
import type { CapturedHang } from "../src/capture/session-watch.ts";
import type { ConnectionState } from "../src/launcher/connection.ts";
import type { AnswerTo, QueryInput } from "../src/profile/query.ts";
import type { RunnerEvent } from "../src/runner/runner-events.ts";
import type { Health, ToolClient } from "../src/server/protocol.ts";
import type { Row as RunnersRow } from "./runner/runners-tree.ts";

export type { ConnectionState as ServerState } from "../src/launcher/connection.ts";

/** A call that a server works on, whichever window, terminal or agent it came from. */
export type ServerJob = Health["jobs"][number];

/** The workspace's tool-server, started on first use. */
export interface ServerConnection extends ToolClient, vscode.Disposable {
  readonly state: ConnectionState;
  readonly onDidChangeState: vscode.Event<ConnectionState>;
  /** Native names of a profile came in: its answers have changed. */
  readonly onDidUpdateProfile: vscode.Event<string>;
  /** A capture's program ended, or the capture was stopped. */
  readonly onDidEndCapture: vscode.Event<string>;
  /** A watched program did not respond, in whichever window or terminal it runs. */
  readonly onDidCaptureHang: vscode.Event<CapturedHang & { readonly sessionId: string }>;
  /** Of preparations whose caller, in whichever window, gave them an id. */
  readonly onDidTellOfRunner: vscode.Event<RunnerEvent>;
  /** Cancels a job, whoever asked for it. */
  cancel(jobId: string): Promise<void>;
  /** Calls that wait for a server that does not answer try it again. */
  keepWaiting(): void;
  /** Has one run, without a call; it goes on with the captures of one that died. */
  wake(): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
  showLog(): Promise<void>;
}

/** One opened profile, shared by its editors, lenses, heat and problems. */
export interface ProfileHandle {
  readonly uri: vscode.Uri;
  readonly title: string;
  readonly onDidChange: vscode.Event<void>;
  query<Q extends QueryInput>(query: Q, signal?: AbortSignal): Promise<AnswerTo<Q["kind"]>>;
}

/** The profile whose results stand in the editors: the one opened or focused last. */
export interface ActiveProfile extends vscode.Disposable {
  readonly current: ProfileHandle | undefined;
  readonly onDidChange: vscode.Event<ProfileHandle | undefined>;
  /** Opens a profile's view and makes it the active one. */
  open(uri: vscode.Uri): Promise<void>;
  /** The same, at what it says in words. */
  openReport(uri: vscode.Uri): Promise<void>;
  /** Makes a profile the active one without a view of it. */
  activate(uri: vscode.Uri): Promise<void>;
  /** Shows a function in the active profile's view. */
  reveal(func: number): Promise<void>;
  /** Takes every result off the editors; open views stay. */
  clear(): void;
}

/** Profiles kept in the extension's storage. */
export interface Captures extends vscode.Disposable {
  /** Folder for new captures; created on first use. */
  readonly directory: vscode.Uri;
  readonly onDidChange: vscode.Event<void>;
}

/** A capture under way. */
export interface Recording {
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Its profile is being collected, which takes Instruments minutes. */
  readonly isStopping?: boolean;
  /** No profile: what hangs is captured. */
  readonly isWatch?: boolean;
}

/** The one capture of its kind that this window has under way, if any. */
export interface Recorder extends vscode.Disposable {
  readonly current: Recording | undefined;
  readonly onDidChange: vscode.Event<void>;
  /** Ends the program and the capture. */
  stop(): Promise<void>;
}

export interface App {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly server: ServerConnection;
  readonly active: ActiveProfile;
  readonly captures: Captures;
  readonly recorder: Recorder;
  /** Of a program that is watched for hangs, beside what is profiled. */
  readonly watcher: Recorder;
  /** Rows of the view. */
  readonly runners: vscode.TreeDataProvider<RunnersRow>;
}
