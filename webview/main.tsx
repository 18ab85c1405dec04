/** The profile view's script: wires the page to its host and draws the view. */
import "@vscode/codicons/dist/codicon.css";
import "@vscode-elements/elements/dist/vscode-button/index.js";
import "@vscode-elements/elements/dist/vscode-option/index.js";
import "@vscode-elements/elements/dist/vscode-progress-bar/index.js";
import "@vscode-elements/elements/dist/vscode-single-select/index.js";
import "@vscode-elements/elements/dist/vscode-textfield/index.js";
import "@vscode-elements/elements/dist/vscode-toolbar-button/index.js";
import "./styles/base.css";
import "./styles/header.css";
import "./styles/timeline.css";
import "./styles/flame.css";
import "./styles/table.css";
import "./styles/details.css";
import "./styles/findings.css";
import { render } from "preact";
import { ProfileView } from "./app.tsx";
import { connect } from "./host/connection.ts";

const root = document.createElement("div");
root.id = "root";
document.body.append(root);
render(<ProfileView connection={connect()} />, root);
