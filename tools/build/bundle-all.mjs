/** `npm run bundle`: bundles every app and what starts them, in about two seconds, so tests never run stale code. */
import { bundleApps } from './bundle-apps.mjs';

await bundleApps({ onlyChanged: false });
