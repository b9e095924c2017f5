/**
 * Join a Teleport cluster as a bot, in this process, and hold credentials that stay valid: {@link
 * io.machineid.Bot} is where to begin.
 */
@NullMarked
package io.machineid;

import org.jspecify.annotations.NullMarked;
