import { controller } from '../entrypoints/http/flour.controller.js';
export const called = controller;
