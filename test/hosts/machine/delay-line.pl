#!/usr/bin/perl
# Two network interfaces (TAP) joined by a line that is slow and loses packets: what comes in at one goes out at the other
# later, or never. Needs no netem in the kernel. Says "up" when both exist; they go with the process.
# usage: delay-line.pl FOLDER NAME DELAY-MS LOSS-PERCENT (FOLDER only marks whose it is)
use strict;
use warnings;
use Fcntl;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

# TUNSETIFF, IFF_TAP | IFF_NO_PI (linux/if_tun.h).
my ($TUNSETIFF, $TAP) = (0x400454CA, 0x1002);
my $FRAME_BYTES = 65_600;
# A queue of a real switch is short as well; beyond it frames are dropped.
my $QUEUE_FRAMES = 20_000;
my (undef, $name, $delay_ms, $loss_percent) = @ARGV;

sub tap {
    my ($interface) = @_;
    sysopen(my $handle, '/dev/net/tun', O_RDWR | O_NONBLOCK) or die "/dev/net/tun: $!\n";
    ioctl($handle, $TUNSETIFF, pack('Z16 S x22', $interface, $TAP)) or die "$interface: $!\n";
    return $handle;
}

my @ends = (tap("$name-a"), tap("$name-b"));
my @queues = ([], []);
$| = 1;
print "up\n";

while (1) {
    my $now = clock_gettime(CLOCK_MONOTONIC);
    my $wait;
    for my $to (0, 1) {
        my $queue = $queues[$to];
        while (@$queue && $queue->[0][0] <= $now) {
            # A link that is down takes no frame: as on a real one, it is lost.
            syswrite($ends[$to], (shift @$queue)->[1]);
        }
        next unless @$queue;
        my $left = $queue->[0][0] - $now;
        $wait = $left if !defined $wait || $left < $wait;
    }
    my $readable = '';
    vec($readable, fileno($_), 1) = 1 for @ends;
    next if select($readable, undef, undef, $wait) <= 0;
    for my $from (0, 1) {
        while (sysread($ends[$from], my $frame, $FRAME_BYTES)) {
            next if rand(100) < $loss_percent;
            my $queue = $queues[1 - $from];
            next if @$queue >= $QUEUE_FRAMES;
            push @$queue, [clock_gettime(CLOCK_MONOTONIC) + $delay_ms / 1000, $frame];
        }
    }
}
