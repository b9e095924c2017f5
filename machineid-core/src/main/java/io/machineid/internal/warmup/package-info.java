/** What makes the first start of a process faster. */
@NullMarked
package io.machineid.internal.warmup;

import org.jspecify.annotations.NullMarked;
