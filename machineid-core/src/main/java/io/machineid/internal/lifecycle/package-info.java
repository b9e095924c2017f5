/** Holding what was issued, and renewing it in time. */
@NullMarked
package io.machineid.internal.lifecycle;

import org.jspecify.annotations.NullMarked;
