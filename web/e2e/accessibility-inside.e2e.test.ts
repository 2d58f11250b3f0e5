/** Every screen inside a room can be used by everybody. */
import { answers } from './screens/answers.ts';
import { inside } from './screens/inside.ts';
import { findsNothingIn } from './support/accessibility.ts';

findsNothingIn([...inside, ...answers]);
