// The starter: a small Perl program beside a runner that forks for it. A fork copies the page tables of whoever forks: that takes a Node process
// some 5 to 15 ms in which it does nothing else, and this one half a millisecond.
//
// It reads requests from its stdin, answers on its stdout, one at a time, and ends with the runner: when its stdin does.
// Request: the length of the rest and a newline, then fields with NULs between them: its number, the number of prctl(2) where orphans are to come back,
// working folder, stdout, stderr (empty: merged), exit record, FIFO, count of arguments, the arguments, `NAME=value` of each variable.
// Answer: `number pid start-time`, or `number - errno`; before all others, `ready`.

// What is not plain in it:
// - /dev/null stands at 3 to 9, so that whatever is opened later has a higher number and is closed by exec ($^F);
// - files are opened before the fork: the FIFO is held from the fork on, as if the runner had handed it over;
// - exec closes the pipe: its end is the news that the shell is there; a number in it says why not;
// - while it answers nobody reaps the child, so that number and start time are of one process;
// - the child gets SIGCHLD as everybody else has it: an ignored one would be inherited.
export const starterProgram = String.raw`use strict; use POSIX (); use Fcntl;
$0 = 'holdfast-starter'; $^F = 9; $| = 1;
open my $none, '+<', '/dev/null' or exit 1;
my $nowhere = fileno $none;
for my $number (3 .. 9) { POSIX::dup2($nowhere, $number) }
sub reap { local ($!, $?); 1 while waitpid(-1, POSIX::WNOHANG()) > 0 }
sub failed { die $_[0] + 0, "\n" }
sub opened { my ($path, $how) = @_; sysopen(my $file, $path, $how, 0600) or failed($!); return $file }

sub become { my ($prctl, $folder, $files, $argv, $variables) = @_;
  POSIX::setsid();
  syscall($prctl, 36, 1, 0, 0, 0) if $prctl ne '';
  chdir $folder or return;
  for my $pair ([0, $none], [2, $none], @$files) { POSIX::dup2(fileno $pair->[1], $pair->[0]) // return }
  $SIG{CHLD} = 'DEFAULT';
  %ENV = map { split /=/, $_, 2 } @$variables;
  exec { $argv->[0] } @$argv;
}

sub start { my ($prctl, $folder, $out, $err, $exit, $alive, $count, @rest) = @_;
  my @argv = splice @rest, 0, $count;
  my $stdout = opened($out, O_WRONLY | O_APPEND | O_CREAT);
  my $stderr = $err eq '' ? $stdout : opened($err, O_WRONLY | O_APPEND | O_CREAT);
  my @files = ([1, $stdout], [7, $stderr], [8, opened($exit, O_RDWR)], [9, opened($alive, O_RDWR | O_NONBLOCK)]);
  pipe my $news, my $teller or failed($!);
  my $pid = fork // failed($!);
  if ($pid == 0) { become($prctl, $folder, \@files, \@argv, \@rest); syswrite $teller, $! + 0; POSIX::_exit(126) }
  close $teller;
  my $why;
  if (sysread($news, $why, 16)) { waitpid $pid, 0; failed($why) }
  open(my $stat, '<', "/proc/$pid/stat") or return "$pid -";
  my $row = <$stat>;
  return "$pid " . (split ' ', $row =~ s/.*\)//sr)[19];
}

$SIG{CHLD} = \&reap;
print "ready\n";
while (defined(my $length = <STDIN>)) {
  read(STDIN, my $text, $length) == $length or last;
  my ($number, @fields) = split /\0/, $text, -1;
  $SIG{CHLD} = 'DEFAULT';
  my $answer = eval { start(@fields) };
  $answer = '- ' . ($@ =~ s/\n.*//sr) unless defined $answer;
  print "$number $answer\n";
  $SIG{CHLD} = \&reap;
  reap();
}
`
