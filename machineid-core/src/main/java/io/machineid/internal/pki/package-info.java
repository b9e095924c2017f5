/** Keys and certificates: their encodings, and what Teleport writes into them. */
@NullMarked
package io.machineid.internal.pki;

import org.jspecify.annotations.NullMarked;
