// The precompiled header is built beside this empty file.
