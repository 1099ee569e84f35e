"""Is this an EPUB 3? Looks at it with nothing of ours: zip, XML parser, and what the standard wants of container, package and spine."""
import posixpath
import sys
import xml.etree.ElementTree as ElementTree
import zipfile

book = zipfile.ZipFile(sys.argv[1])
assert book.testzip() is None, "a file in it is broken"
first = book.infolist()[0]
assert first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED and not first.extra, first
assert book.read("mimetype") == b"application/epub+zip"
names = book.namelist()
assert len(names) == len(set(names)), "a name twice"
for name in names:
    if name.endswith((".xml", ".opf", ".xhtml", ".svg")):
        ElementTree.fromstring(book.read(name))

container = ElementTree.fromstring(book.read("META-INF/container.xml"))
package_path = container.find(".//{*}rootfile").get("full-path")
package = ElementTree.fromstring(book.read(package_path))
assert package.get("version") == "3.0"
for wanted in ("identifier", "title", "language"):
    assert package.find(f".//{{*}}metadata/{{*}}{wanted}").text, wanted
assert package.find(".//{*}meta[@property='dcterms:modified']").text.endswith("Z")
items = {item.get("id"): item for item in package.findall(".//{*}manifest/{*}item")}
for item in items.values():
    assert posixpath.join(posixpath.dirname(package_path), item.get("href")) in names, item.get("href")
spine = [items[reference.get("idref")].get("href") for reference in package.findall(".//{*}spine/{*}itemref")]
navigation = [item for item in items.values() if "nav" in (item.get("properties") or "").split()]
assert len(navigation) == 1
nav = ElementTree.fromstring(book.read(posixpath.join(posixpath.dirname(package_path), navigation[0].get("href"))))
links = [link.get("href") for link in nav.iter("{http://www.w3.org/1999/xhtml}a")]
assert links and set(links) <= set(spine), links
print(package.find(".//{*}metadata/{*}title").text, len(links), sep="\n")
