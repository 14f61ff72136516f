export { LocalWeb, type LocalWebOptions, type UrlOptions } from './local-web.js';
export { sourceSites } from './source-sites.js';
export { MAX_PAGE_BYTES, MAX_PAGE_MS, type Page, type PageFault, type ServedPage } from './page.js';
export { pageBody } from './page-body.js';
export type { WebLog, WebRequest, RequestOutcome } from './web-log.js';
