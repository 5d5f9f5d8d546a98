#!/usr/bin/env node
/** The command `tutti`. */
import { launch } from './launch.mjs';

void launch();
