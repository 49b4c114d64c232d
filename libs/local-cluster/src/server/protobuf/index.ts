export { decodeProtobuf } from './decode-protobuf.js';
