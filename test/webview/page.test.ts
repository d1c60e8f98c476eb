// The trace page in a real browser, without VS Code: accessibility, layout at several widths, keyboard, and what it asks of
// its host. Skipped, with the reason, where there is no browser.
import { pageChecks } from './pageChecks';

const check = pageChecks('checkPage.mjs');

check('axe', 'axe finds nothing wrong in light, dark and high contrast');
check('fits', 'every text stays in its box at every width, and the page never scrolls sideways');
check('file', 'the SVG file has every text in its place, in light and dark');
check('markup', 'markup in a name is shown as text');
check('keyboard', 'arrow keys walk the steps, and the diagram and headers follow');
check('ways by keyboard', 'arrow keys walk the ways of a Service, and stay with them as the answer changes');
check('diagram to list', 'a click on a sign of the diagram marks its step');
check('tabs', 'the arrow key opens the reply');
check('requests', 'every control asks its host for one thing');
check('profiles', 'profiles are compared on demand, and each can be looked through');
check('kept picks', 'the picks are kept for the next page');
