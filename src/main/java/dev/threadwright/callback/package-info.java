/**
 * The URLs by which whoever an action has asked tells its result later. Each is for one attempt: who has it may say once
 * what came of that, and nothing else.
 */
@NullMarked
package dev.threadwright.callback;

import org.jspecify.annotations.NullMarked;
