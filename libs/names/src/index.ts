/** By which words somebody is found whose name is known: written, read, abbreviated. */
export { readingOf, searchWordIn, searchWordsOf } from './search-words.js';
export { nameTokenOf } from './name-token.js';
