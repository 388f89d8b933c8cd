# Included by llama-cpp-python's build right after its project() call (see `_install` in packages.py).
# The binding forces llama.cpp's command-line library on although Python never loads it, half of what there is to
# compile. A plain variable takes precedence over the cache entry that it forces.
set(LLAMA_BUILD_COMMON OFF)

# llama.cpp's code for AMX crashes at its first product on machines that say they have AMX and do not let it be used, as
# many virtual ones, and there is no option that leaves it out of a build for this machine's processor.
include(CheckCXXCompilerFlag)
foreach(part tile int8 bf16)
  check_cxx_compiler_flag(-mno-amx-${part} FOOTNOTE_NO_AMX_${part})
  if(FOOTNOTE_NO_AMX_${part})
    add_compile_options($<$<COMPILE_LANGUAGE:C,CXX>:-mno-amx-${part}>)
  endif()
endforeach()
