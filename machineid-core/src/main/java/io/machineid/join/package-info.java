/** How a bot proves who it is when it joins a cluster. */
@NullMarked
package io.machineid.join;

import org.jspecify.annotations.NullMarked;
