export { decodeProtobuf } from './decode-protobuf.js';
export { fieldsOf, messageOfKind, type Field } from './layout.js';
