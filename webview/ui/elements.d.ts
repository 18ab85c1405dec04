/** The custom elements in use, with the properties in use. */
import type { ComponentChildren, HTMLAttributes } from "preact";

interface Base extends HTMLAttributes<HTMLElement> {
  children?: ComponentChildren;
}

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "vscode-button": Base & { secondary?: boolean; disabled?: boolean };
      "vscode-toolbar-button": Base & { label?: string; toggleable?: boolean; checked?: boolean };
      "vscode-textfield": Base & {
        value?: string;
        placeholder?: string;
        label?: string;
        type?: "search" | "text";
      };
      "vscode-single-select": Base & { value?: string; label?: string };
      "vscode-option": Base & { value?: string; selected?: boolean };
      "vscode-progress-bar": Base & { value?: number; max?: number; indeterminate?: boolean };
      "vscode-badge": Base & { variant?: string };
    }
  }
}
