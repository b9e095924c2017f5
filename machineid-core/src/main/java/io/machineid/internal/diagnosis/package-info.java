/** Finds out what is wrong on the way to a cluster. */
@NullMarked
package io.machineid.internal.diagnosis;

import org.jspecify.annotations.NullMarked;
