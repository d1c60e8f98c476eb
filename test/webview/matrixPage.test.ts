// The matrix page in a real browser, without VS Code: accessibility, keyboard, mouse, what it paints, and what it asks of its host.
// Skipped, with the reason, where there is no browser.
import { pageChecks } from './pageChecks';

const check = pageChecks('checkMatrix.mjs');

check('axe', 'axe finds nothing wrong in light, dark and high contrast');
check('keyboard', 'arrow keys, Home and End move one focus through cells and headers');
check('values', 'every cell has its value in words');
check('trace', 'Enter on a cell opens its trace; the policies of its ends lead to their lines');
check('folding', 'Enter on a namespace folds it, and buttons fold and unfold all');
check('list', 'the connections of a workload are a list as well');
check('port', 'with a port cells say open and closed on it; a port that is none is said');
check('mouse', 'pointing at a cell tells its ports, and a click opens its trace');
check('painted', 'all ports, some and none differ in shape');
check('markup', 'markup in a name is shown as text');
check(
  'tiles',
  'of 3,000 workloads only tiles near what is in view are asked for, and few cells are elements',
);
