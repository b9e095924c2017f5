/** What credentials look like as files, for those who write outputs. */
@NullMarked
package io.machineid.internal.output;

import org.jspecify.annotations.NullMarked;
