// Answers: which controls come from @vscode/webview-ui-toolkit? The only file that knows it: buttons, dropdowns and text
// fields, made by functions, so that the rest of the page would not notice another toolkit.
// It must run with the first script: the toolkit reads the theme when the page's `load` event comes.
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { filled, h, type Child } from './h';

export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDropdown(), vsCodeOption(), vsCodeTextField());
}

/** @param look `primary` once per page. */
export function button(
  label: string,
  look: 'primary' | 'secondary',
  onClick: () => void,
  tooltip?: string,
): HTMLElement {
  return make('vscode-button', { appearance: look, title: tooltip, onclick: onClick }, label);
}

export interface Choice {
  readonly value: string;
  readonly text: string;
}

/** A labelled list of a few choices. The toolkit's dropdown is not named by `label for`, so it carries an aria-label. */
export interface DropdownField {
  readonly element: HTMLElement;
  set(choices: readonly Choice[], value: string): void;
}

export function dropdown(label: string, onChange: (value: string) => void): DropdownField {
  const control = withValue(make('vscode-dropdown', { 'aria-label': label }));
  control.addEventListener('change', () => onChange(control.value));
  let shown = '';
  return {
    element: h(
      'div',
      { class: 'field' },
      h('span', { class: 'field-label', 'aria-hidden': 'true' }, label),
      control,
    ),
    set(choices, value) {
      const wanted = JSON.stringify([choices, value]);
      if (wanted === shown) return;
      shown = wanted;
      control.replaceChildren(
        ...choices.map((choice) =>
          make('vscode-option', { value: choice.value, selected: choice.value === value }, choice.text),
        ),
      );
      control.value = value;
    },
  };
}

export interface TextFieldControl {
  readonly element: HTMLElement;
  /** Leaves the text alone while the user is typing in it. */
  set(text: string): void;
  /** A field that is not enabled shows no text: it means nothing then. */
  enable(enabled: boolean): void;
}

/** @param onCommit called on Enter and when a changed field is left. */
export function textField(
  label: string,
  placeholder: string,
  onCommit: (text: string, how: 'enter' | 'left') => void,
): TextFieldControl {
  const control = withValue(
    make('vscode-text-field', {
      placeholder,
      'aria-label': label,
      size: 14,
      spellcheck: 'false',
    }),
  );
  let committed = '';
  control.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    committed = control.value;
    onCommit(control.value, 'enter');
  });
  control.addEventListener('focusout', () => {
    if (control.value === committed) return;
    committed = control.value;
    onCommit(control.value, 'left');
  });
  return {
    element: h(
      'div',
      { class: 'field' },
      h('span', { class: 'field-label', 'aria-hidden': 'true' }, label),
      control,
    ),
    set(text) {
      if (document.activeElement === control && control.value !== committed) return;
      committed = text;
      control.value = text;
    },
    enable(enabled) {
      control.toggleAttribute('disabled', !enabled);
      control.setAttribute('placeholder', enabled ? placeholder : 'none');
    },
  };
}

type Valued = HTMLElement & { value: string };

/** Both field elements have a `value`, which their toolkit types say and the DOM's do not. */
function withValue(element: HTMLElement): Valued {
  return element as Valued;
}

function make(
  tag: string,
  attributes: Parameters<typeof filled>[1],
  ...children: readonly Child[]
): HTMLElement {
  return filled(document.createElement(tag), attributes, children);
}
