/** The key pair that a token resource is bound to: its forms, and its life in a bot's storage. */
@NullMarked
package io.machineid.internal.keypair;

import org.jspecify.annotations.NullMarked;
