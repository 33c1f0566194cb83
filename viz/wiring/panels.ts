/** The panels beside the picture: inspector, verdicts, edits, set-up. */
import { effect } from '@preact/signals-core';
import { html, nothing, render } from 'lit-html';
import { nowAndThen, part, show } from '../page/elements.ts';
import { PANELS } from '../page/keys.ts';
import type { Lab, Panel } from '../page/lab.ts';
import { editList, inspector, verdicts } from '../views/panels.ts';
import { setup } from '../views/set-up.ts';
import { tabs } from './tabs.ts';

export function wirePanels(lab: Lab): void {
  show(part('panel-tabs'), () =>
    tabs<Panel>(PANELS, lab.panel.value, 'panel', (panel) => {
      lab.panel.value = panel;
    }),
  );
  const ask = nowAndThen(() => {
    const selected = lab.selected.peek();
    if (selected?.kind === 'server' || selected?.kind === 'client')
      lab.ask({ kind: 'inspect', machine: { kind: selected.kind, id: selected.id } });
  }, 300);
  effect(() => {
    void [lab.settled.value, lab.selected.value];
    if (lab.panel.value === 'inspect') ask();
  });
  effect(() => {
    const opened = lab.opened.value;
    const catalog = lab.catalog.value;
    if (opened === null || catalog === null) return;
    const panel = lab.panel.value;
    const visit = (event: number): void => lab.visit(event);
    part('panel').setAttribute('aria-labelledby', `tab-${panel}`);
    // Of the panels only the first two change with every event.
    const content = (): unknown => {
      switch (panel) {
        case 'inspect': {
          const frame = lab.settled.value;
          return frame === null ? nothing : inspector(frame, lab.selected.value, lab.inspection.value, visit);
        }
        case 'verdicts': {
          const frame = lab.settled.value;
          return frame === null ? nothing : verdicts(frame, catalog.properties, visit);
        }
        case 'edits':
          return editList(opened, {
            undo: () => lab.ask({ kind: 'undo' }),
            redo: () => lab.ask({ kind: 'redo' }),
            remove: (index) => lab.ask({ kind: 'removeEdit', index }),
            choose: (line) => lab.ask({ kind: 'choose', line }),
            seek: visit,
          });
        case 'setup':
          return setup(opened, catalog, (wish) => lab.ask({ kind: 'setup', setup: wish }));
      }
    };
    render(html`<div class="in-${panel}">${content()}</div>`, part('panel'));
  });
}
