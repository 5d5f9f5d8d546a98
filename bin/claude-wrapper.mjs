#!/usr/bin/env node
/** The command `claude-wrapper`: the same program under the name that its users know; it sees the name in process.argv[1]. */
import { launch } from './launch.mjs';

void launch();
