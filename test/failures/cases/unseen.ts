// Failures chosen before the first rule was written and made after the last one: what the rules were judged with.
import type { Case } from '../case.ts'

export const unseen: Case[] = [
  {
    name: 'lua-nil',
    files: { 'scan.lua': 'local film = nil\nlocal function year(f)\n  return f.year\nend\nprint("reading")\nprint(year(film))\n' },
    run: ['lua5.4', 'scan.lua'],
  },
  {
    name: 'r-stop',
    files: {
      'fit.R': 'fit <- function(x) {\n  if (length(x) == 0) stop("no ratings to fit")\n  mean(x)\n}\ncat("loading\\n")\nfit(c())\n',
    },
    run: ['Rscript', 'fit.R'],
  },
  { name: 'r-package', files: { 'fit.R': 'library(nosuchpackage)\n' }, run: ['Rscript', 'fit.R'] },
  {
    name: 'imagemagick-broken',
    files: { 'poster.jpg': 'this is no picture' },
    run: ['convert', 'poster.jpg', '-resize', '200x', 'small.jpg'],
  },
  {
    name: 'ghostscript-broken',
    files: { 'book.pdf': '%PDF-1.4\nbroken\n' },
    run: ['gs', '-q', '-dNOPAUSE', '-dBATCH', '-sDEVICE=png16m', '-sOutputFile=p%d.png', 'book.pdf'],
  },
  { name: 'pandoc-format', files: { 'book.md': '# One\n' }, run: ['pandoc', 'book.md', '-t', 'epub9', '-o', 'book.epub'] },
  { name: 'pandoc-pdf', files: { 'book.md': '# One\n' }, run: ['pandoc', 'book.md', '-o', 'book.pdf'] },
  { name: 'qpdf-broken', files: { 'book.pdf': 'no pdf at all\n' }, run: ['qpdf', '--linearize', 'book.pdf', 'out.pdf'] },
  { name: 'restic-no-repository', run: ['restic', '-r', 'backup', 'backup', '.'], env: { RESTIC_PASSWORD: 'x' } },
  { name: 'borg-no-repository', run: ['borg', 'create', 'backup::monday', '.'] },
  { name: 'redis-refused', run: ['redis-cli', '-p', '47899', 'FLUSHALL'] },
  { name: 'mariadb-refused', run: ['mariadb-dump', '-h', '127.0.0.1', '-P', '47899', 'shop'] },
  {
    name: 'terraform-invalid',
    files: { 'main.tf': 'resource "local_file" "x" {\n  content = var.nothing\n' },
    run: ['terraform', 'validate', '-no-color'],
  },
  { name: 'kubectl-no-cluster', run: ['kubectl', '--server', 'http://127.0.0.1:47899', 'get', 'pods'] },
  {
    name: 'aws-no-credentials',
    run: ['aws', '--endpoint-url', 'http://127.0.0.1:47899', '--region', 'eu-west-1', 's3', 'sync', '.', 's3://backup/films'],
    env: { AWS_EC2_METADATA_DISABLED: 'true' },
  },
  {
    name: 'cmake-package',
    files: {
      'CMakeLists.txt':
        'cmake_minimum_required(VERSION 3.10)\nproject(scan C)\nfind_package(OpenNothing REQUIRED)\nadd_executable(scan scan.c)\n',
    },
    run: ['cmake', '-B', 'build'],
  },
  {
    name: 'cxx-link',
    files: {
      'main.cpp': '#include <string>\nint frames(const std::string&);\nint main() { return frames("a"); }\n',
      Makefile: 'scan: main.cpp\n\t@g++ -o scan main.cpp\n',
    },
    run: ['make', 'scan'],
  },
  {
    name: 'clang-template',
    files: {
      'main.cpp':
        '#include <vector>\n#include <algorithm>\nstruct Film { int year; };\nint main() { std::vector<Film> films(3); std::sort(films.begin(), films.end()); }\n',
    },
    run: ['clang++', '-c', 'main.cpp'],
  },
  {
    name: 'pytest-collection',
    files: {
      'test_scan.py': 'from scan import frames\n\ndef test_frames():\n    assert frames() == 3\n',
      'scan.py': 'import nosuchmodule\n',
    },
    run: ['pytest', '-q'],
  },
  {
    name: 'python-argparse',
    files: {
      'scan.py':
        'import argparse\np = argparse.ArgumentParser()\np.add_argument("--model", required=True)\np.add_argument("--batch", type=int)\nprint(p.parse_args())\n',
    },
    run: ['python3', 'scan.py', '--batch', 'many'],
  },
  {
    name: 'python-ffmpeg',
    files: {
      'scan.py':
        'import subprocess\nprint("extracting frames", flush=True)\nsubprocess.run(["ffmpeg", "-hide_banner", "-i", "film.mkv", "f%d.png"], check=True)\n',
      'film.mkv': 'no film',
    },
    run: ['python3', 'scan.py'],
  },
  {
    name: 'python-logged-exception',
    files: {
      'worker.py':
        'import logging, sys\nlogging.basicConfig(format="%(asctime)s [%(levelname)s] %(name)s: %(message)s", level="INFO")\nlog = logging.getLogger("worker")\nlog.info("starting")\ntry:\n    {"a": 1}["year"]\nexcept Exception:\n    log.exception("could not index film 7")\nlog.info("shutting down")\nsys.exit(4)\n',
    },
    run: ['python3', 'worker.py'],
  },
  {
    name: 'node-import',
    files: { 'a.mjs': "import { nothing } from './b.mjs'\nconsole.log(nothing)\n", 'b.mjs': 'export const something = 1\n' },
    run: ['node', 'a.mjs'],
  },
  {
    name: 'node-reject-string',
    files: { 'a.mjs': "console.log('working')\nawait Promise.reject('the model file is gone')\n" },
    run: ['node', 'a.mjs'],
  },
  {
    name: 'elixir-match',
    files: { 'a.exs': 'IO.puts("reading")\n{:ok, text} = File.read("films.json")\nIO.puts(text)\n' },
    run: ['elixir', 'a.exs'],
  },
  {
    name: 'erlang-badmatch',
    files: { 'a.erl': '#!/usr/bin/env escript\nmain(_) -> {ok, _} = file:open("films.txt", [read]).\n' },
    run: ['escript', 'a.erl'],
  },
  {
    name: 'tcl-missing',
    files: { 'a.tcl': 'proc load {path} {\n  set f [open $path r]\n}\nputs "loading"\nload films.txt\n' },
    run: ['tclsh', 'a.tcl'],
  },
  {
    name: 'guile-unbound',
    files: { 'a.scm': '(define (year film) (+ 1 (yaer film)))\n(year 3)\n' },
    run: ['guile', '--no-auto-compile', 'a.scm'],
  },
  {
    name: 'gnuplot-missing',
    files: { 'plot.gp': 'set terminal png\nset output "a.png"\nplot "ratings.dat" using 1:2\n' },
    run: ['gnuplot', 'plot.gp'],
  },
  { name: 'aria2-refused', run: ['aria2c', '--max-tries=1', '--enable-color=false', 'http://127.0.0.1:47899/film.iso'] },
  { name: 'yt-dlp-url', run: ['yt-dlp', 'http://127.0.0.1:47811/film.mp4'], serve: true },
  { name: 'tesseract-missing', run: ['tesseract', 'page1.png', 'out', '-l', 'eng'] },
  { name: 'sox-format', files: { 'a.wav': 'no sound' }, run: ['sox', 'a.wav', 'b.flac'] },
  { name: 'openssl-key', files: { 'key.pem': 'no key' }, run: ['openssl', 'rsa', '-in', 'key.pem', '-check'] },
  { name: 'unzip-broken', files: { 'game.zip': 'not a zip file' }, run: ['unzip', '-o', 'game.zip'] },
  { name: 'xmllint-broken', files: { 'feed.xml': '<feed>\n<entry>one</entri>\n</feed>\n' }, run: ['xmllint', '--noout', 'feed.xml'] },
  { name: 'jq-broken', files: { 'films.json': '{"films": [1, 2,}\n' }, run: ['jq', '.films', 'films.json'] },
  {
    name: 'nginx-config',
    files: { 'nginx.conf': 'events {}\nhttp {\n  server {\n    listen 47898;\n    proxy_passs http://127.0.0.1:1;\n  }\n}\n' },
    run: ['nginx', '-t', '-c', '/tmp/holdfast-failures/nginx-config/nginx.conf'],
  },
  { name: 'rclone-remote', run: ['rclone', 'copy', 'films', 'nowhere:films'] },
  {
    name: 'ansible-task',
    files: {
      'play.yml':
        '- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks:\n    - name: copy the index\n      ansible.builtin.command: cp index.db /nowhere/index.db\n',
    },
    run: ['ansible-playbook', 'play.yml'],
  },
  { name: '7z-broken', files: { 'game.7z': 'nothing packed' }, run: ['7z', 'x', 'game.7z'] },
  { name: 'gpg-decrypt', files: { 'backup.gpg': 'not encrypted' }, run: ['gpg', '--batch', '--decrypt', 'backup.gpg'] },
  { name: 'octave-undefined', files: { 'a.m': 'disp("start")\nx = ratings + 1;\n' }, run: ['octave-cli', 'a.m'] },
  { name: 'java-jar', run: ['java', '-jar', 'server.jar', 'nogui'] },
  {
    name: 'maven-compile',
    files: { 'pom.xml': '<project><modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>b</artifactId></project>\n' },
    run: ['mvn', '-q', '-o', 'package'],
  },
]
