// Lets the programs beside this file import the packages that ./dev installed
// outside the checkout: node --import ./packages.mjs PROGRAM.
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const installed = pathToFileURL(`${process.env.MESHAI_NPM_DIR}/package.json`).href;
const here = new URL('.', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const isPackage = !/^(\.|\/|node:|file:)/.test(specifier);
    return next(specifier, isPackage && context.parentURL?.startsWith(here) ? { ...context, parentURL: installed } : context);
  },
});
