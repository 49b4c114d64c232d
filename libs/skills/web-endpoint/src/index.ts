import { webEndpoint } from './web-endpoint.js';

export { WEB_PROXY_IMAGE, webEndpoint, type WebEndpointOptions } from './web-endpoint.js';
/** The pack as a package of its own would export it, with the image of its own version. */
export default webEndpoint();
