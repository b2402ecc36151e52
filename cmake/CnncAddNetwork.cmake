# cnnc_add_network(target
#   MODEL file              a .cnn or .onnx file
#   [TRAIN]                 with its gradients and training steps
#   [WEIGHTS file]          parameters of a .cnn (safetensors or npz)
#   [SIZE H=224 ...]        symbolic sizes to fix
#   [TYPICAL H=224 ...]     sizes to plan for, left open
#   [TARGETS T ...]         CPUs; default: this machine's
#   [EMBED_WEIGHTS yes|no]  no: the weights are in a file, not in the library
#   [DEPENDS file ...])     what else the network is made from
#
# Compiles a network when its files change, and makes `target` a library to link: it brings the
# header `target.h` and the functions target_run, target_workspace_bytes and target_network. With
# several TARGETS the first is linked, and each is built, in a folder of its name.
#
# With EMBED_WEIGHTS no, target_run takes the weights as its first argument. The path of the file
# that they are in (for the first of several TARGETS) is the property CNNC_WEIGHTS_FILE of `target`:
#
#     install(FILES $<TARGET_PROPERTY:target,CNNC_WEIGHTS_FILE> DESTINATION share/app)
#
# With TRAIN the parameters lie with the program: see target.h for target_init, target_train_step and
# what else there is then. It excludes EMBED_WEIGHTS.
#
# Needs the executable target cnnc::cnnc (from find_package(cnnc), or the project's own).
function(cnnc_add_network target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "TRAIN" "MODEL;WEIGHTS;EMBED_WEIGHTS" "SIZE;TYPICAL;TARGETS;DEPENDS")
  if(NOT arg_MODEL)
    message(FATAL_ERROR "cnnc_add_network(${target}): MODEL is missing")
  endif()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "cnnc_add_network(${target}): does not know ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(arg_TRAIN AND DEFINED arg_EMBED_WEIGHTS)
    message(FATAL_ERROR "cnnc_add_network(${target}): TRAIN excludes EMBED_WEIGHTS")
  endif()
  if(NOT DEFINED arg_EMBED_WEIGHTS)
    set(arg_EMBED_WEIGHTS yes)
  elseif(NOT arg_EMBED_WEIGHTS MATCHES "^(yes|no)$")
    message(FATAL_ERROR "cnnc_add_network(${target}): EMBED_WEIGHTS is yes or no, not ${arg_EMBED_WEIGHTS}")
  endif()
  if(NOT arg_TARGETS)
    set(arg_TARGETS host)
  endif()
  get_filename_component(model ${arg_MODEL} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
  set(options --name ${target})
  if(arg_TRAIN)
    list(APPEND options --train)
  else()
    list(APPEND options --embed-weights ${arg_EMBED_WEIGHTS})
  endif()
  foreach(size IN LISTS arg_SIZE)
    list(APPEND options --size ${size})
  endforeach()
  foreach(size IN LISTS arg_TYPICAL)
    list(APPEND options --typical ${size})
  endforeach()
  set(weights) # A variable of the caller's may have the same name.
  if(arg_WEIGHTS)
    get_filename_component(weights ${arg_WEIGHTS} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
    list(APPEND options --weights ${weights})
  endif()

  set(libraries)
  foreach(cpu IN LISTS arg_TARGETS)
    set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}.dir/${cpu})
    set(outputs ${folder}/lib${target}.a ${folder}/${target}.h)
    if(arg_EMBED_WEIGHTS STREQUAL "no")
      list(APPEND outputs ${folder}/${target}.weights)
    endif()
    add_custom_command(
      OUTPUT ${outputs}
      BYPRODUCTS ${folder}/libcnnrt.a
      COMMAND cnnc::cnnc compile ${model} -o ${folder} --target ${cpu} ${options}
      DEPENDS ${model} ${weights} ${arg_DEPENDS} cnnc::cnnc
      COMMENT "Compiling network ${target} for ${cpu}"
      VERBATIM)
    list(APPEND libraries ${folder}/lib${target}.a)
  endforeach()
  add_custom_target(${target}_network DEPENDS ${libraries})

  list(GET arg_TARGETS 0 first)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}.dir/${first})
  add_library(${target} INTERFACE)
  add_dependencies(${target} ${target}_network)
  target_include_directories(${target} INTERFACE ${folder})
  if(arg_EMBED_WEIGHTS STREQUAL "no")
    set_target_properties(${target} PROPERTIES CNNC_WEIGHTS_FILE ${folder}/${target}.weights)
  endif()
  find_package(Threads REQUIRED)
  target_link_libraries(${target} INTERFACE ${folder}/lib${target}.a ${folder}/libcnnrt.a Threads::Threads)
endfunction()
