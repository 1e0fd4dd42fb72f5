# Runs when the product is installed, with the prefix that holds then: unit, configuration, profiles and manual pages name
# the folders that they are installed to. Set by CMakeLists.txt: source scratch bindir datadir mandir.
cmake_policy(VERSION 3.25)
set(prefix ${CMAKE_INSTALL_PREFIX})
set(bin ${prefix}/${bindir})
set(share ${prefix}/${datadir})
if(prefix STREQUAL "/usr")
  set(etc /etc)
else()
  set(etc ${prefix}/etc)
endif()

function(fill from to)
  file(READ ${from} text)
  string(REPLACE "@bin@" "${bin}" text "${text}")
  string(REPLACE "@etc@" "${etc}" text "${text}")
  string(REPLACE "@share@" "${share}" text "${text}")
  string(REPLACE "config/profiles/" "${share}/troupe/profiles/" text "${text}")
  file(WRITE ${to} "${text}")
endfunction()

fill(${source}/packaging/systemd/troupe.service.in ${scratch}/troupe.service)
file(INSTALL ${scratch}/troupe.service DESTINATION ${prefix}/lib/systemd/system)

fill(${source}/packaging/troupe.toml ${scratch}/troupe.toml)
if(NOT EXISTS $ENV{DESTDIR}${etc}/troupe/troupe.toml) # a configuration that someone has written stays
  file(INSTALL ${scratch}/troupe.toml DESTINATION ${etc}/troupe)
endif()

file(GLOB profiles ${source}/config/profiles/*.toml)
foreach(profile ${profiles})
  get_filename_component(name ${profile} NAME)
  fill(${profile} ${scratch}/profiles/${name})
  file(INSTALL ${scratch}/profiles/${name} DESTINATION ${share}/troupe/profiles)
endforeach()

find_program(python python3 REQUIRED)
fill(${source}/packaging/man/troupe.1 ${scratch}/troupe.1)
execute_process(COMMAND ${python} ${source}/packaging/man/toml_page.py ${source}/docs/operations/configuration.md
                OUTPUT_FILE ${scratch}/troupe.toml.5.in COMMAND_ERROR_IS_FATAL ANY)
fill(${scratch}/troupe.toml.5.in ${scratch}/troupe.toml.5)
foreach(page troupe.1 troupe.toml.5)
  string(REGEX MATCH "[0-9]$" section ${page})
  execute_process(COMMAND gzip -9nf ${scratch}/${page} COMMAND_ERROR_IS_FATAL ANY)
  file(INSTALL ${scratch}/${page}.gz DESTINATION ${prefix}/${mandir}/man${section})
endforeach()
