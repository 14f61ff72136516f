// The entry that nx.json names. Nx requires plugins as CommonJS and cannot load TypeScript on Node 20, so tsx does.
const { register } = require('tsx/cjs/api');
module.exports = register({ namespace: 'nx-notebooks' }).require('./src/plugin.ts', __filename);
