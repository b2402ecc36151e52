"""How lit runs the tests of this folder; the paths come from lit.site.cfg.py in the build folder."""
import os
import shutil

import lit.formats

config.name = "cnnc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = config.build_folder
config.environment["PATH"] = os.pathsep.join(
    [config.cnnc_tools, config.llvm_tools, config.environment["PATH"]])
config.environment["CNNC_CACHE"] = os.path.join(config.build_folder, "cache")
# Of no test, so that what the user has tuned changes none.
config.environment["CNNC_TUNING"] = os.path.join(config.build_folder, "no-tuning.db")
config.substitutions.append(("%python", config.python))
config.substitutions.append(("%source", config.source_folder))

# Pages are looked at in a browser where there is one; nothing else needs it.
browsers = filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"]))
chromium = next(browsers, None)
if chromium:
    config.available_features.add("chromium")
    config.substitutions.append(("%chromium", chromium))
