/** Every screen around the rooms, and outside of them can be used by everybody. */
import { around } from './screens/around.ts';
import { outside } from './screens/outside.ts';
import { findsNothingIn } from './support/accessibility.ts';

findsNothingIn([...outside, ...around]);
