/** Where credentials are written, when they are to be written at all. */
@NullMarked
package io.machineid.destination;

import org.jspecify.annotations.NullMarked;
