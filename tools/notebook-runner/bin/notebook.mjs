#!/usr/bin/env node
// Starts the runner from its TypeScript source.
import { register } from 'tsx/esm/api';

register();
const { main } = await import('../src/cli.ts');
process.exitCode = await main(process.argv.slice(2));
