// CommonJS: the start-up message of this pool is lost while an ES module loads.
const { ClusterWorker } = require('poolifier');

module.exports = new ClusterWorker({
  noop: (value) => value,
  echo: (value) => value,
  burn: (microseconds) => {
    const end = performance.now() + microseconds / 1000;
    while (performance.now() < end);
    return 0;
  },
});
