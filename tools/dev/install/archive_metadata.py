"""A build backend that builds nothing: it answers pip, which asks an archive for
its name and version before it hands it over, from the PKG-INFO that lies in every
source archive. So no code of the archive runs, and its build tools are not needed."""

import email.parser
import pathlib
import shutil


def get_requires_for_build_wheel(config_settings=None):
    return []


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    about = email.parser.Parser().parsestr(pathlib.Path("PKG-INFO").read_text(encoding="utf-8"))
    name = f"{about['Name'].replace('-', '_')}-{about['Version']}.dist-info"
    folder = pathlib.Path(metadata_directory, name)
    folder.mkdir()
    shutil.copy("PKG-INFO", folder / "METADATA")
    return name
