# Included by llama-cpp-python's build right after its project() call (see LLAMA_OPTIONS in install.py).
# The binding forces llama.cpp's command-line library on although Python never loads it, half of what there is to
# compile. A plain variable takes precedence over the cache entry that it forces.
set(LLAMA_BUILD_COMMON OFF)
